// The field that is typed into. Its text is read from here when typing rests: as a stream, because a pasted list is longer than a message may be.
export const listen = (area, quiet, back) => {
  let waiting = 0;
  area.addEventListener('input', event => {
    clearTimeout(waiting);
    const pasted = event.inputType === 'insertFromPaste' || event.inputType === 'insertFromDrop'; // nobody types on
    waiting = setTimeout(() => back.invokeMethodAsync('TypedAsync'), pasted ? 0 : quiet);
  });
  if (area.value) back.invokeMethodAsync('TypedAsync'); // typed before anybody listened
};

// With a space before it: there is always something to send.
export const text = area => new TextEncoder().encode(` ${area.value}`);

export const put = (area, text) => {
  area.value = text;
  area.focus();
};
