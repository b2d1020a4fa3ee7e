// Passkeys: asks the browser for one, and hands its answer over. Each button names two addresses:
// where to get the question, and where to bring the answer.
(() => {
  "use strict";
  const token = (form) => form.querySelector("[name=csrfmiddlewaretoken]").value;

  async function post(address, form, body) {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token(form) },
      body: JSON.stringify(body),
    });
    const data = await answer.json();
    if (!answer.ok) throw new Error(data.errors ? data.errors[0].detail : form.dataset.broken);
    return data;
  }

  async function run(form) {
    const question = await post(form.dataset.begin, form, {});
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({
            publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question.publicKey),
          })
        : await navigator.credentials.get({
            publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question.publicKey),
          });
    const name = form.querySelector("[name=name]");
    const body = { answer: credential.toJSON(), name: name ? name.value : "" };
    const done = await post(form.dataset.finish, form, body);
    window.location.assign(done.next);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    event.preventDefault();
    run(form).catch((error) => {
      form.querySelector("[role=alert]").textContent = error.message;
    });
  });
})();
