import type { ConfigSchema, Connector, Json, Kind } from '@syncline/connector';
import { orocrm } from '@syncline/connector-orocrm';
import { outlook } from '@syncline/connector-outlook';
import { bindSide, type BoundSide, type SideName } from '@syncline/engine';
import { trustWarning } from './tls/refused.ts';
import { splitTrust, trustedContext, trustOf, withTrust, type OpenContext } from './tls/trusted.ts';

/** A connector as the hub uses it; its own types end here. */
export interface Installed {
  readonly title: string;
  /** Of the connector's section in the configuration, the hub's own group `tls` in it included (S9). */
  readonly config: ConfigSchema<unknown>;
  /** Signs in. Throws a `Failure` whose sentence names what to change. */
  readonly bind: (side: SideName, section: unknown, context: OpenContext) => Promise<BoundSide>;
}

/** Wraps a connector. */
export function install<C, S, N extends { readonly [K in Kind]: Json }>(connector: Connector<C, S, N>): Installed {
  const { title, name } = connector;
  const named = { title, settings: `${name}.tls` };
  return {
    title,
    config: withTrust(connector.config, named),
    bind: async (side, section, context) => {
      const trust = trustOf(section, named);
      let isEncrypted = false;
      const noting: OpenContext = {
        ...context,
        fetch: (request, trusted) => {
          isEncrypted ||= request.url.startsWith('https:');
          return context.fetch(request, trusted);
        },
      };
      const bound = await bindSide(side, connector, splitTrust(section).own, trustedContext(noting, trust, named));
      // A simulator on plain http has no certificate that could be checked.
      const warning = isEncrypted ? trustWarning(trust, named) : undefined;
      return warning === undefined ? bound : { ...bound, account: { ...bound.account, warnings: [warning, ...bound.account.warnings] } };
    },
  };
}

/** The installed connectors, one line each: the left side is OroCRM, the right one Outlook. */
export const connectors: { readonly [S in SideName]: Installed } = {
  left: install(orocrm),
  right: install(outlook),
};
