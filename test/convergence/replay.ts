import { runWorld } from './world.ts';

// node test/dist/convergence/replay.js SEED: the world of a seed again, line by line, and what is wrong with it.
const seed = Number(process.argv[2]);
if (!Number.isSafeInteger(seed)) {
  console.error('usage: node test/dist/convergence/replay.js SEED');
  process.exitCode = 2;
} else {
  const { trace, failures, hash } = await runWorld(seed);
  for (const line of trace) console.log(line);
  console.log(`\nseed ${seed}, trace ${hash}: ${failures.length === 0 ? 'all is well' : failures.join('\n')}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
