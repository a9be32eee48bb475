/** `npm run test:faults`: everything there is to try, for hours. Else a bounded form of it, which takes minutes. */
export const FULL = process.env['FAULTS'] === 'full';
