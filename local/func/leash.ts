/**
 * Watches over a run that started `func`: when that process is gone, however it ended, what it started is ended too. Nothing else
 * would: `func` knows no parent. `node leash.ts <the group's leader>`, with an IPC channel to the run.
 */
import { endGroup } from './group.ts';

const GRACE_MS = 15_000;
const leader = Number(process.argv[2]);

// a Ctrl-C or an end of the session is the run's to deal with
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const end = () => endGroup(leader, GRACE_MS).then(() => process.exit(0));
process.on('disconnect', end);
if (!process.connected) void end(); // it was gone before we listened
