/**
 * Writes the figures of docs/scale.md from published limits, counted costs and prices, and today's counts beside those of others into
 * docs/performance.md. With `--check` it only says whether they are stale.
 */
import { keepSections } from './pages/sections.ts';
import { SECTIONS } from './scale/page.ts';
import { PEERS } from './scale/peers.ts';

keepSections('scale.md', 'scale', SECTIONS);
keepSections('performance.md', 'scale', { peers: PEERS });
