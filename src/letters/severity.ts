import type { kindOf } from '../core/alerts.ts';

export type Severity = ReturnType<typeof kindOf>['severity'];

/** The word stands beside the colour: not everyone sees colours. White on each of them is readable (4.5 : 1 or more). */
export const SEVERITIES: Readonly<Record<Severity, { readonly word: string; readonly colour: string }>> = {
  Sev0: { word: 'Critical', colour: '#b3261e' },
  Sev1: { word: 'Error', colour: '#8f5200' },
  Sev2: { word: 'Warning', colour: '#1d5fa8' },
  Sev3: { word: 'Informational', colour: '#2f6b3a' },
};
