import type { Check } from '../check.ts';
import { failureChecks } from './failure-checks.ts';
import { lensChecks } from './lens-checks.ts';
import { pullChecks } from './pull-checks.ts';
import { retryChecks } from './retry-checks.ts';
import { sessionChecks } from './session-checks.ts';
import { valueChecks } from './value-checks.ts';
import { writeChecks } from './write-checks.ts';

/** Every check, in the order in which they run. */
export const checks: readonly Check[] = [...sessionChecks, ...lensChecks, ...pullChecks, ...writeChecks, ...retryChecks, ...valueChecks, ...failureChecks];
