/** As sober as a page of a manual; light or dark as the reader has it. */
export const STYLE = `:root {
  color-scheme: light dark;
  --back: light-dark(#ffffff, #1f1f1f);
  --soft: light-dark(#f5f5f5, #292929);
  --line: light-dark(#d1d1d1, #525252);
  --text: light-dark(#242424, #f5f5f5);
  --quiet: light-dark(#555555, #c2c2c2);
  --link: light-dark(#115ea3, #6cb8f6);
  font: 15px/1.5 "Segoe UI", system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); }
header, .columns { max-width: 1400px; margin: 0 auto; padding: 16px 24px; }
.columns { display: grid; grid-template-columns: 260px minmax(0, 1fr); gap: 32px; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 8px 0; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav ul ul { padding: 2px 0 10px 12px; font-size: 13px; }
nav a { display: inline-block; padding: 2px 0; min-height: 24px; }
h1 { font-size: 28px; margin: 8px 0; }
h2 { font-size: 22px; margin: 32px 0 4px; }
h3 { font-size: 17px; margin: 0 0 8px; }
h4 { font-size: 14px; margin: 12px 0 4px; }
p { margin: 0 0 8px; max-width: 80ch; }
small, caption { color: var(--quiet); font-weight: normal; }
a { color: var(--link); }
code, pre { font-family: Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; overflow-wrap: anywhere; }
pre { margin: 4px 0 12px; padding: 12px; background: var(--soft); border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; }
.operation, .schema { margin: 16px 0; padding: 16px; border: 1px solid var(--line); border-radius: 6px; scroll-margin-top: 8px; }
.call { padding: 8px 12px; background: var(--soft); border-radius: 4px; max-width: none; }
.verb { font-weight: 600; }
table { width: 100%; border-collapse: collapse; margin: 8px 0 12px; font-size: 14px; table-layout: fixed; }
caption { text-align: left; padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th[scope="row"] { font-weight: normal; }
th:first-child { width: 22%; }
th:nth-child(2) { width: 40%; }
summary { cursor: pointer; padding: 4px 0; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 8px; top: 8px; padding: 8px; background: var(--back); z-index: 1; }
@media (max-width: 800px) {
  header, .columns { padding: 12px; }
  .columns { display: block; }
  nav { position: static; max-height: none; }
}
`;
