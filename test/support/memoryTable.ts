import { azureTable } from '../../src/store/azureTable.ts';
import type { Table } from '../../src/store/table.ts';
import { tableService, type Whims } from './tableService.ts';

/** Table Storage in memory, for tests and benchmarks: the same promises and the same refusals, proved by the same contract tests. */
export const memoryTable = (whims?: Whims): Table => azureTable(tableService(whims));
