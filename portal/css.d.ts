/** The bundler takes styles along; nothing of them reaches the script. */
declare module '*.css' {}
