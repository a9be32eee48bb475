/**
 * The order of the test files: what takes long comes first, and the small ones fill the end, when little is left to share.
 * The files of a project stay together, because a worker keeps its modules as long as the project is the same.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ORDER = [
  'test/faults/',
  'test/host/demo.',
  'test/host/portal/',
  'test/host/sweep/',
  'test/host/',
  'test/local/',
  'test/contract/',
  'test/mail/',
  'test/house/',
  'test/',
];

const placeOf = ({ moduleId }: TestSpecification): number =>
  ORDER.findIndex((folder) => moduleId.includes(`/${folder}`));

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySizeOrTime = await super.sort(files);
    return bySizeOrTime.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
