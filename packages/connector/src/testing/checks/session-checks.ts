import { fieldsOf, sameJson } from '@syncline/core';
import type { Check } from '../check.ts';
import { ensure, ensurePlain, failureOf, show } from '../expect.ts';

/** Sign-in, configuration, and the shape of the connector itself. */
export const sessionChecks: readonly Check[] = [
  {
    id: 'S1',
    what: 'it names the account and where its ids come from, the same after every sign-in',
    why: 'a person sees whose records these are; marks with another origin are not ours (K13)',
    once: true,
    run: async ({ connector, session, world }) => {
      const { name, origin, warnings } = await connector.check(session);
      ensure(name.trim() !== '', 'the account has no name');
      ensure(origin.trim() !== '', 'the account has no origin');
      ensurePlain(warnings, 'warnings');
      if (world.again === undefined) return;
      const second = await connector.check(await world.again());
      ensure(second.origin === origin, `the origin is ${show(origin)}, and after another sign-in ${show(second.origin)}`);
    },
  },
  {
    id: 'S2',
    what: 'configuration that is none is refused in words, not thrown and not taken',
    why: 'the hub shows these words next to the form',
    once: true,
    run: async ({ connector }) => {
      for (const nonsense of [undefined, null, 'nonsense', 42, [], {}]) {
        const result = await connector.config['~standard'].validate(nonsense);
        ensure(result.issues !== undefined && result.issues.length > 0, `${show(nonsense)} is taken for a configuration`);
        for (const { message } of result.issues) ensure(message.trim() !== '', `${show(nonsense)} is refused without a word`);
      }
    },
  },
  {
    id: 'S3',
    what: 'what it promises about a kind can be kept',
    why: 'the hub builds its batches by these numbers',
    run: ({ connector, entity: { caps } }) => {
      ensure(connector.contract === 1, `contract ${String(connector.contract)} is none that exists`);
      ensure(/^[a-z][a-z0-9-]*$/.test(connector.name), `the name ${show(connector.name)} is no word of small letters`);
      ensure(connector.title.trim() !== '', 'it has no title');
      for (const name of ['writesPerPush', 'concurrency'] as const) ensure(Number.isInteger(caps[name]) && caps[name] >= 1, `${name} is ${caps[name]}`);
    },
  },
  {
    id: 'S4',
    what: 'every field of the kind is mapped or called unsupported; an empty record reads as one',
    why: 'a field that was forgotten would be emptied on the other side',
    run: ({ kind, lens, entity, session, view }) => {
      for (const field of Object.keys(fieldsOf(kind))) ensure(lens[field] !== undefined, `"${field}" is neither mapped nor called unsupported`);
      const blank = entity.blank(session);
      ensurePlain(blank, 'the blank record');
      ensure(sameJson(blank, entity.blank(session)), 'two blank records differ');
      for (const name of ['firstName', 'lastName', 'subject', 'title', 'emails', 'birthday', 'dueDate']) {
        ensure(view(blank)[name] === undefined, `of a blank record "${name}" reads as ${show(view(blank)[name])}`);
      }
    },
  },
  {
    id: 'S5',
    what: 'a wrong secret is a failure of kind `auth` or `config`, with a sentence that does not hold it',
    why: 'the hub asks the person to sign in again instead of trying for ever',
    needs: ['signInWrongly'],
    once: true,
    run: async ({ world }) => {
      const failure = await failureOf('signing in with a wrong secret', async () => world.signInWrongly?.());
      ensure(failure.kind === 'auth' || failure.kind === 'config', `a wrong secret is "${failure.kind}"`);
    },
  },
];
