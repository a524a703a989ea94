/** CSS properties that cards use for layout and color. None of them places content outside of the card or loads anything. */
const ALLOWED_PROPERTIES = new Set(
  (
    'align-items background-color border border-bottom border-collapse border-color border-left border-radius border-right border-style border-top ' +
    'border-width color column-gap display flex flex-basis flex-direction flex-grow flex-shrink flex-wrap float font-size font-style font-weight gap ' +
    'height justify-content letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right margin-top max-height ' +
    'max-width min-width object-fit opacity overflow-x padding padding-bottom padding-left padding-right padding-top row-gap text-align ' +
    'text-decoration text-transform vertical-align white-space width word-break'
  ).split(' '),
);

/** Functions that load content, and negative lengths, which move content over other content. */
const UNSAFE_VALUE = /url\(|image|expression|var\(|attr\(|(?:^|[\s,(])-/i;

/** The declarations of a `style` attribute that are safe; empty if none is. */
export function safeStyles(style: CSSStyleDeclaration): string {
  const declarations = [...style].flatMap((property) => {
    const value = style.getPropertyValue(property);
    return isAllowed(property) && !UNSAFE_VALUE.test(value) ? [`${property}: ${value}`] : [];
  });
  return declarations.join('; ');
}

/** Browsers split shorthands: `border` is `border-top-width` and others. */
const isAllowed = (property: string): boolean =>
  ALLOWED_PROPERTIES.has(property) || /^(?:border|margin|padding)-[a-z-]+$/.test(property);
