export type CatalogColumn = Readonly<{
  name: string;
  type: string;
  isNotNull: boolean;
  /** pg_attribute.attidentity: 'a' always, 'd' by default, '' none. */
  identity: string;
  /** pg_attribute.attgenerated: 's' stored, 'v' virtual, '' not generated. */
  generated: string;
  default: string | null;
  /** pg_attribute.attstorage where it is not the one of the type. */
  storage: string | null;
}>;

export type CatalogTable = Readonly<{
  name: string;
  partitionKey: string | null;
  columns: readonly CatalogColumn[];
  constraints: readonly Readonly<{ name: string; definition: string }>[];
  indexes: readonly string[];
  triggers: readonly string[];
}>;

const STORAGE_NAMES: Readonly<Record<string, string>> = {
  p: 'plain',
  e: 'external',
  m: 'main',
  x: 'extended',
};

/** The statements that would make the table. */
export function describeTable(table: CatalogTable): string {
  const lines = [
    ...table.columns.map(describeColumn),
    ...table.constraints.map(({ name, definition }) => `constraint ${name} ${definition}`),
  ];
  const partition = table.partitionKey === null ? '' : ` partition by ${table.partitionKey}`;
  return [
    `create table ${table.name} (\n  ${lines.join(',\n  ')}\n)${partition};`,
    ...table.columns.flatMap((column) => describeStorage(table.name, column)),
    ...[...table.indexes, ...table.triggers].map((statement) => `${statement};`),
  ].join('\n');
}

function describeColumn(column: CatalogColumn): string {
  return [column.name, column.type, column.isNotNull ? 'not null' : '', describeValue(column)]
    .filter((part) => part !== '')
    .join(' ');
}

function describeValue({ identity, generated, default: value }: CatalogColumn): string {
  if (identity !== '') {
    return `generated ${identity === 'a' ? 'always' : 'by default'} as identity`;
  }
  if (value === null) return '';
  if (generated === '') return `default ${value}`;
  return `generated always as (${value}) ${generated === 's' ? 'stored' : 'virtual'}`;
}

function describeStorage(table: string, { name, storage }: CatalogColumn): string[] {
  if (storage === null) return [];
  return [
    `alter table ${table} alter column ${name} set storage ${STORAGE_NAMES[storage] ?? storage};`,
  ];
}
