/** The store names the row that it cannot read: that one is reported, and the others go on. Every other failure keeps flying. */
export function unlessUnreadable(error: unknown): undefined {
  if (error instanceof Error && error.message.startsWith('unreadable row ')) return undefined;
  throw error;
}
