import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StoreError } from './errors.ts';
import { namesIn, readIfThere, writeDurably } from './files.ts';

/** The format this version writes. */
export const currentFormat = 1;

const fileName = 'FORMAT';

/** Writes FORMAT. It comes last in a creation: a folder without it was never finished. */
export async function writeFormatFile(dir: string, hubId: string): Promise<void> {
  const fields = { format: currentFormat, hubId, checksum: checksumOf(currentFormat, hubId) };
  await writeDurably(join(dir, fileName), Buffer.from(`${JSON.stringify(fields)}\n`));
}

/**
 * The hub id of the store in a folder. Throws `store-missing`, `store-newer` or `store-damaged`, having touched nothing.
 * A format 2 will open format 1 too: that step belongs here, and `test/fixtures/format-1` is there to try it on.
 */
export async function readFormatFile(dir: string): Promise<string> {
  const bytes = await readIfThere(join(dir, fileName));
  if (bytes === undefined) return refuseWithoutFormat(dir);
  const fields = parse(bytes);
  // Before the checksum: a newer version may have another way to compute it.
  if (typeof fields?.format === 'number' && fields.format > currentFormat) {
    throw new StoreError(
      'store-newer',
      `the store in ${dir} has format ${fields.format}, this version of Syncline knows formats up to ${currentFormat}: use a newer version`,
    );
  }
  const { format, hubId, checksum } = fields ?? {};
  if (format !== currentFormat || typeof hubId !== 'string' || checksum !== checksumOf(format, hubId)) {
    throw new StoreError('store-damaged', `the file ${fileName} in ${dir} is damaged`);
  }
  return hubId;
}

async function refuseWithoutFormat(dir: string): Promise<never> {
  const names = (await namesIn(dir)) ?? [];
  if (!names.includes('level')) throw new StoreError('store-missing', `there is no store in ${dir}`);
  throw new StoreError(
    'store-damaged',
    `${dir} holds data but no file ${fileName}: it was lost, or the creation of the store was interrupted`,
  );
}

function parse(bytes: Uint8Array): { format?: unknown; hubId?: unknown; checksum?: unknown } | undefined {
  try {
    const fields: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof fields === 'object' && fields !== null ? fields : undefined;
  } catch {
    return undefined; // Not JSON: the caller calls it damaged.
  }
}

function checksumOf(format: number, hubId: string): string {
  return crc32(JSON.stringify([format, hubId])).toString(16).padStart(8, '0');
}
