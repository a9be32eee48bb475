/**
 * Loaded into Azurite's own process before Azurite (`--import`). Azurite saves its tables every few seconds and when it
 * is told to stop, never when its parent just dies. This makes the end of the parent (the end of the IPC channel) a
 * request to stop, so that what was acknowledged is on disk whatever happened to the parent.
 */
import { claimName, holdClaim } from './claim.ts';
import { FOLDER_TAKEN } from './exit-codes.ts';

const ignore = () => {};
// the parent's end closes these; a write that fails must not end us before the data is saved
process.stdout.on('error', ignore);
process.stderr.on('error', ignore);

let leaving = false;

// Azurite listens once, so a second signal would kill it while it saves: this listener stays
process.on('SIGTERM', () => {
  const serving = process.listenerCount('SIGTERM') > 1;
  if (!leaving && !serving) process.exit(0); // Azurite is not up yet, so there is nothing to save
  leaving = true;
  process.channel?.unref();
});

const orphaned = () => {
  if (!leaving) process.emit('SIGTERM');
};
process.on('disconnect', orphaned);
if (!process.connected) orphaned(); // it was gone before we listened

const folder = process.env['REPRIEVE_AZURITE_FOLDER'];
if (folder && !(await holdClaim(claimName(folder), () => (process.connected ? 'owned' : 'leaving')))) {
  process.exit(FOLDER_TAKEN);
}
