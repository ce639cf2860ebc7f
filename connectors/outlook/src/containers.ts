import { Failure } from '@syncline/connector';
import { z } from 'zod';
import { bodyOf, type Api } from './api.ts';
import { graphPage } from './records.ts';

/** A contact folder, task list or calendar of the mailbox. */
export interface Container {
  readonly id: string;
  /** As people see it. */
  readonly name: string;
  /** The mailbox's own one, where new items go unless somebody says otherwise. */
  readonly isDefault: boolean;
}

/** Which containers are meant, by id or name; see {@link choose}. */
export interface Wanted {
  /** In words for sentences: "contact folder". */
  readonly what: string;
  /** The setting to correct. */
  readonly setting: string;
  readonly words: readonly string[];
  readonly excluded: readonly string[];
}

/** Whether nothing was said: then nothing has to be listed. */
export function isDefaultOnly({ words }: Pick<Wanted, 'words'>): boolean {
  return words.length === 1 && words[0] === 'default';
}

/**
 * The containers that are synced, in the order of the setting, each once; new items go into the first (S16). `default` is the mailbox's own, `all` is
 * that and every other one, but for what is excluded by id or name (S17). Throws a {@link Failure} of kind `config` for a word that names none, or several.
 */
export function choose({ what, setting, words, excluded }: Wanted, containers: readonly Container[]): readonly Container[] {
  const chosen = new Set<Container>();
  for (const word of words) {
    const found = word === 'all' ? [...containers].sort((a, b) => Number(b.isDefault) - Number(a.isDefault)) : [named(word)];
    for (const one of found) if (!excluded.some((other) => one.id === other || sameName(one.name, other))) chosen.add(one);
  }
  if (chosen.size === 0) throw new Failure('config', `Every ${what} is excluded: correct "${setting}" or "excludedFolders".`);
  return [...chosen];

  function named(word: string): Container {
    const byId = containers.filter((one) => (word === 'default' ? one.isDefault : one.id === word));
    const [found, second] = byId.length > 0 ? byId : containers.filter((one) => sameName(one.name, word));
    if (found === undefined) throw new Failure('config', `This mailbox has no ${what} "${word}": correct "${setting}"; there are ${listOf(containers)}.`);
    if (second !== undefined) throw new Failure('config', `This mailbox has more than one ${what} "${word}": name it by its id in "${setting}".`);
    return found;
  }
}

/** The rows of a listing of containers, all pages. Throws what reading it throws. */
export async function listContainers(api: Api, address: string, name: string, now: () => number): Promise<readonly ContainerRow[]> {
  const rows: ContainerRow[] = [];
  for (let next: string | undefined = address; next !== undefined; ) {
    const page: z.output<typeof graphPage> = bodyOf(await api.get(next), graphPage, name, now());
    for (const body of page.value) {
      const row = containerRow.safeParse(body).data;
      if (row !== undefined) rows.push(row);
    }
    next = page['@odata.nextLink'] === next ? undefined : page['@odata.nextLink'];
  }
  return rows;
}

const containerRow = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  name: z.string().nullish(),
  wellknownListName: z.string().nullish(),
  isDefaultCalendar: z.boolean().nullish(),
  canEdit: z.boolean().nullish(),
});

/** What is read of a folder, list or calendar; which members there are depends on the kind. */
export type ContainerRow = z.output<typeof containerRow>;

function sameName(a: string, b: string): boolean {
  return a !== '' && a.trim().toLowerCase() === b.trim().toLowerCase();
}

function listOf(containers: readonly Container[]): string {
  const names = containers.map(({ name, isDefault }) => (isDefault ? 'default' : `"${name}"`));
  return names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');
}
