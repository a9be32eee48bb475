/** What a test file starts is stopped when its tests are done, the last first. A setup file: it runs for each test file. */
import { afterAll } from 'vitest';
import { endAll } from './atEnd.ts';

afterAll(endAll);
