import type { ConfigSchema, Connector, Context, Json, Kind } from '@syncline/connector';
import { orocrm } from '@syncline/connector-orocrm';
import { outlook } from '@syncline/connector-outlook';
import { bindSide, type BoundSide, type SideName } from '@syncline/engine';

/** A connector as the hub uses it; its own types end here. */
export interface Installed {
  readonly title: string;
  readonly config: ConfigSchema<unknown>;
  /** Signs in. Throws a `Failure` whose sentence names what to change. */
  readonly bind: (side: SideName, config: unknown, context: Context) => Promise<BoundSide>;
}

/** Wraps a connector. */
export function install<C, S, N extends { readonly [K in Kind]: Json }>(connector: Connector<C, S, N>): Installed {
  return { title: connector.title, config: connector.config, bind: (side, config, context) => bindSide(side, connector, config, context) };
}

/** The installed connectors, one line each: the left side is OroCRM, the right one Outlook. */
export const connectors: { readonly [S in SideName]: Installed } = {
  left: install(orocrm),
  right: install(outlook),
};
