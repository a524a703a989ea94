/**
 * Copies text to the clipboard.
 * @param within - element of the page that may have the focus, such as an open dialog
 * @returns false if the browser does not permit it
 */
export async function copyText(text: string, within: Element): Promise<boolean> {
  // Browsers have the clipboard API only with https and on localhost.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  const isCopied = await clipboard?.writeText(text).then(
    () => true,
    () => false, // not permitted
  );
  return isCopied === true || copySelection(text, within);
}

/** Selects the text in a hidden field, and copies the selection. */
function copySelection(text: string, within: Element): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.style.cssText = 'position: fixed; opacity: 0';
  const focused = document.activeElement;
  within.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
