const MAX_OPERATIONS = 50_000;

type Outcome = 'Succeeded' | 'Failed';

/** What became of every send that was accepted, so that the same one again does nothing again. */
export interface Operations {
  outcome(id: string): Outcome | undefined;
  settle(id: string, outcome: Outcome): void;
}

export function memoryOperations(): Operations {
  const outcomes = new Map<string, Outcome>();
  return {
    outcome: (id) => outcomes.get(id),
    settle(id, outcome) {
      outcomes.set(id, outcome);
      const [oldest] = outcomes.keys();
      if (outcomes.size > MAX_OPERATIONS && oldest !== undefined) outcomes.delete(oldest);
    },
  };
}
