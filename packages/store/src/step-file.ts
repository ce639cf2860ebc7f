import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StoreError } from './errors.ts';
import { readIfThere, writeDurably } from './files.ts';

const fileName = 'HEAD';
const slotDistance = 512;
const slotLength = 26;

/**
 * The file HEAD beside LevelDB: the number of the newest write, noted after LevelDB has it on disk. When LevelDB opens
 * with less, it has lost acknowledged writes without noticing (a damaged log or manifest does that).
 *
 * Two slots in sectors of their own are written in turn, so a torn write leaves the other. It is not flushed each time:
 * after a power cut it may lag behind, which is harmless; it is never ahead.
 */
export class StepFile {
  readonly #file: FileHandle;
  readonly #hubId: string;

  private constructor(file: FileHandle, hubId: string) {
    this.#file = file;
    this.#hubId = hubId;
  }

  static async create(dir: string, hubId: string, step: number): Promise<void> {
    const bytes = Buffer.alloc(2 * slotDistance, '\n');
    for (const at of [0, slotDistance]) bytes.set(slotFor(hubId, step), at);
    await writeDurably(join(dir, fileName), bytes);
  }

  /** Throws `store-damaged` where the file is missing, unreadable or that of another store. */
  static async read(dir: string, hubId: string): Promise<number> {
    const bytes = await readIfThere(join(dir, fileName));
    if (bytes === undefined) throw new StoreError('store-damaged', `the file ${fileName} is missing in ${dir}`);
    const steps = [0, slotDistance].map((at) => stepOf(hubId, bytes.subarray(at, at + slotLength))).filter((step) => step !== undefined);
    if (steps.length === 0) throw new StoreError('store-damaged', `the file ${fileName} in ${dir} is damaged`);
    return Math.max(...steps);
  }

  static async open(dir: string, hubId: string): Promise<StepFile> {
    return new StepFile(await open(join(dir, fileName), 'r+'), hubId);
  }

  async write(step: number): Promise<void> {
    await this.#file.write(slotFor(this.#hubId, step), 0, slotLength, (step % 2) * slotDistance);
  }

  async close(): Promise<void> {
    try {
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }
}

/** `<step, 16 digits> <checksum, 8 digits>\n`. The hub id goes into the checksum: another store's file does not pass. */
function slotFor(hubId: string, step: number): Uint8Array {
  const number = step.toString(16).padStart(16, '0');
  return Buffer.from(`${number} ${crc32(JSON.stringify([hubId, number])).toString(16).padStart(8, '0')}\n`);
}

function stepOf(hubId: string, slot: Uint8Array): number | undefined {
  const step = Number.parseInt(Buffer.from(slot.subarray(0, 16)).toString(), 16);
  return Number.isSafeInteger(step) && step >= 0 && Buffer.from(slotFor(hubId, step)).equals(slot) ? step : undefined;
}
