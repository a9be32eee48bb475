/** Loaded into the executor's own process before it (`--import`): the end of the run that started it is its end too. */
const end = () => process.kill(process.pid, 'SIGTERM');

process.on('disconnect', end);
process.channel?.unref(); // it lives for its orders, not for the channel
if (!process.connected) end();
