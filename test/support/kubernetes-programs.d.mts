export function programOf(name: 'helm' | 'kubectl'): string;
export function areInstalled(): boolean;
