/** Where SDKs of a project send to: the public address with the project's public key as user (clients 7). */
export function formatDsn(publicUrl: string, publicKey: string, projectId: string): string {
  const { protocol, host } = new URL(publicUrl);
  return `${protocol}//${publicKey}@${host}/${projectId}`;
}
