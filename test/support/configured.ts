import { orocrmConfig, outlookConfig } from './two-services.ts';

/** Worlds whose connectors are set up otherwise while `run` lasts. */
export async function configured<T>(changes: { readonly orocrm?: object; readonly outlook?: object }, run: () => Promise<T>): Promise<T> {
  const before = { orocrm: { ...orocrmConfig }, outlook: { ...outlookConfig } };
  Object.assign(orocrmConfig, changes.orocrm);
  Object.assign(outlookConfig, changes.outlook);
  try {
    return await run();
  } finally {
    restore(orocrmConfig, before.orocrm);
    restore(outlookConfig, before.outlook);
  }
}

function restore(config: object, before: object): void {
  for (const name of Object.keys(config)) if (!Object.hasOwn(before, name)) Reflect.deleteProperty(config, name);
  Object.assign(config, before);
}
