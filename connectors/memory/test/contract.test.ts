import { contractSuite } from '@syncline/connector/testing';
import t from 'tap';
import { memory } from '../src/index.ts';
import { openWorld } from './world.ts';

contractSuite({
  test: (title, check) => t.test(title, check),
  connector: memory,
  open: () => openWorld(memory),
  without: {
    S5: 'a service in memory has no sign-in',
    W12: 'a service in memory takes everything',
  },
});
