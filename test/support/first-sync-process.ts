import { measureFirstSync } from './first-sync.ts';

/** Measures in a process of its own, so that its peak of memory is nobody else's. */
process.send?.(await measureFirstSync(process.argv[2] === 'orocrm' ? 'orocrm' : 'outlook'));
process.disconnect();
