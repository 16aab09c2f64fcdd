// A step of the sign-in: sends what was typed, goes on or says what was wrong with it.

const form = document.querySelector('form');
const field = form.querySelector('input');
const error = form.querySelector('.error');

function complain(words) {
  error.textContent = words;
  error.hidden = false;
  field.setAttribute('aria-invalid', 'true');
  field.select();
}

async function send() {
  const body = { value: field.value, flow: form.dataset.flow ?? '', webdriver: navigator.webdriver };
  const address = `${form.dataset.step}?continue=${form.dataset.continue}`;
  const answer = await fetch(address, { method: 'POST', body: JSON.stringify(body) });
  const { next, error: words } = await answer.json();
  if (next) location.assign(next);
  else complain(words);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (field.value) send();
  else complain(field.type === 'password' ? 'Enter a password' : 'Enter an email or phone number');
});

field.focus();
// Whoever looks at the window from outside knows by its title that the page can be used.
document.title = form.dataset.title;
