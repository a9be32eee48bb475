/** How the leash says that another Azurite has the data folder; EX_TEMPFAIL of sysexits.h. */
export const FOLDER_TAKEN = 75;
