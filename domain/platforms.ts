/** Platforms that a project may name; SDK families with or without a framework after a hyphen. */
const families: ReadonlySet<string> = new Set(
  `android apple bun c capacitor clojure cocoa cordova cpp csharp dart deno dotnet electron elixir flutter fsharp
   go godot groovy haskell ionic ios java javascript kotlin linux lua macos minidump native nestjs nintendo nix node
   objc ocaml other perl php playstation powershell python react rust ruby scala swift tvos unity unreal visionos watchos
   windows xbox`.split(/\s+/),
);

/** Of consoles, whose makers decide who may develop for them. */
export const consolePlatforms = ['playstation', 'xbox', 'nintendo-switch'] as const;

const PLATFORM_LENGTH_MAX = 64;

export function isKnownPlatform(platform: string): boolean {
  const [family = ''] = platform.split('-', 1);
  return (
    platform.length <= PLATFORM_LENGTH_MAX &&
    /^[a-z]+(-[a-z0-9]+)*$/.test(platform) &&
    families.has(family)
  );
}
