/** Whether a text can be an id: no more digits than fit into a bigint whatever they are. */
export function isId(text: string): boolean {
  return /^\d{1,18}$/.test(text);
}
