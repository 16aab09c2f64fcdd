// Observes XMLHttpRequest and fetch of this document, for addresses whose path contains one of `patterns`.
// It only looks: calls go through with their own arguments and results, and other requests are not touched.
// Called with the same `name` again, it takes the new patterns. Returns where the record stands.
(function (name, patterns) {
  "use strict";
  if (window.top !== window) return null;
  const key = Symbol.for(name);
  if (window[key]) return window[key].look(patterns);

  const later = window.setTimeout;
  const on = EventTarget.prototype.addEventListener;
  const off = EventTarget.prototype.removeEventListener;
  const TAKE = 1 << 20;
  const PIECE = 1 << 16;
  const doc = performance.timeOrigin + "-" + Math.random();
  const queue = [];
  let watched = patterns;
  let last = 0;
  let waiter = null;

  function put(event) {
    queue.push(event);
    if (waiter) waiter();
  }

  function take() {
    let size = 0;
    let count = 0;
    while (count < queue.length && size < TAKE) {
      size += (queue[count].text || queue[count].base64 || "").length;
      count += 1;
    }
    return { doc, events: queue.splice(0, count) };
  }

  function poll(milliseconds, done) {
    if (queue.length) return done(take());
    const wake = () => {
      if (waiter !== wake) return;
      waiter = null;
      done(take());
    };
    waiter = wake;
    Reflect.apply(later, window, [wake, milliseconds]);
  }

  function wanted(url) {
    const { href, pathname } = new URL(url, document.baseURI);
    return watched.some((part) => pathname.includes(part)) ? href : null;
  }

  function textOf(body) {
    if (typeof body === "string") return body;
    return body instanceof URLSearchParams ? String(body) : null;
  }

  function start(url, body) {
    last += 1;
    put({ id: last, kind: "sent", url, body });
    return last;
  }

  // A character outside the basic plane is two units here and must not be cut between them.
  function putText(id, text) {
    let from = 0;
    while (from < text.length) {
      let to = Math.min(from + PIECE, text.length);
      if (to < text.length && isHigh(text.charCodeAt(to - 1))) to -= 1;
      put({ id, kind: "text", text: text.slice(from, to) });
      from = to;
    }
  }

  function isHigh(unit) {
    return unit >= 0xd800 && unit <= 0xdbff;
  }

  function putBytes(id, bytes) {
    for (let from = 0; from < bytes.length; from += PIECE) {
      const piece = bytes.subarray(from, from + PIECE);
      let binary = "";
      for (const byte of piece) binary += String.fromCharCode(byte);
      put({ id, kind: "bytes", base64: btoa(binary) });
    }
  }

  function observeXhr(xhr, url, body) {
    const id = start(url, body);
    let answered = false;
    let read = 0;

    function answer() {
      if (answered || xhr.readyState < 2 || !xhr.status) return;
      answered = true;
      put({ id, kind: "answered", status: xhr.status });
    }

    function text(complete) {
      if (xhr.responseType !== "" && xhr.responseType !== "text") return;
      const all = xhr.responseText;
      let end = all.length;
      if (!complete && end > read && isHigh(all.charCodeAt(end - 1))) end -= 1;
      if (end > read) putText(id, all.slice(read, end));
      read = end;
    }

    function whole() {
      text(true);
      if (xhr.responseType === "arraybuffer" && xhr.response) putBytes(id, new Uint8Array(xhr.response));
      if (xhr.responseType === "json" && xhr.response !== null) putText(id, JSON.stringify(xhr.response));
    }

    function changed() {
      try {
        answer();
        if (xhr.readyState === 3) text(false);
      } catch (error) {
        /* an answer that cannot be read yet */
      }
    }

    function ended(event) {
      for (const kind of ends) Reflect.apply(off, xhr, [kind, ended]);
      Reflect.apply(off, xhr, ["readystatechange", changed]);
      try {
        answer();
        if (event.type === "load") whole();
      } catch (error) {
        put({ id, kind: "broken", why: String(error) });
        return;
      }
      put(event.type === "load" ? { id, kind: "done" } : { id, kind: "broken", why: event.type });
    }

    const ends = ["load", "error", "abort", "timeout"];
    for (const kind of ends) Reflect.apply(on, xhr, [kind, ended]);
    Reflect.apply(on, xhr, ["readystatechange", changed]);
  }

  async function observeAnswer(id, response) {
    put({ id, kind: "answered", status: response.status });
    try {
      const reader = response.body && response.clone().body.getReader();
      while (reader) {
        const { done, value } = await reader.read();
        if (done) break;
        putBytes(id, value);
      }
      put({ id, kind: "done" });
    } catch (error) {
      put({ id, kind: "broken", why: String(error) });
    }
  }

  // What goes wrong while looking must not reach the page.
  function quietly(look) {
    try {
      return look();
    } catch (error) {
      return null;
    }
  }

  const addresses = new WeakMap();
  const proto = XMLHttpRequest.prototype;
  proto.open = new Proxy(proto.open, {
    apply(target, self, args) {
      const result = Reflect.apply(target, self, args);
      quietly(() => addresses.set(self, String(args[1])));
      return result;
    },
  });
  proto.send = new Proxy(proto.send, {
    apply(target, self, args) {
      quietly(() => {
        const url = addresses.has(self) ? wanted(addresses.get(self)) : null;
        if (url) observeXhr(self, url, textOf(args[0]));
      });
      return Reflect.apply(target, self, args);
    },
  });
  window.fetch = new Proxy(window.fetch, {
    apply(target, self, args) {
      const id = quietly(() => {
        const [input, init] = args;
        const url = wanted(input instanceof Request ? input.url : String(input));
        return url ? start(url, textOf(init && init.body)) : null;
      });
      const answer = Reflect.apply(target, self, args);
      if (id) {
        answer.then(
          (response) => observeAnswer(id, response),
          (error) => put({ id, kind: "broken", why: String(error) }),
        );
      }
      return answer;
    },
  });

  function look(next) {
    watched = next;
    return { doc, last };
  }

  Object.defineProperty(window, key, { value: { look, poll } });
  return { doc, last };
})
