// The reference implementation of Socket.IO, doing what the tests tell it.
//
//   node server.mjs MODULES '{"port":0,"pingInterval":300,…}'
//
// MODULES is the folder in which socket.io is installed. Commands come in as lines of JSON,
// {"do":"burst","count":9}; what happens goes out the same way, {"event":"connected",…}.
import { createRequire } from "node:module";
import { createServer as createPlain } from "node:http";
import { createServer as createSecure } from "node:https";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";

const [modules, settings] = process.argv.slice(2);
const { Server } = createRequire(join(modules, "package.json"))("socket.io");
const config = JSON.parse(settings);
const tell = (event, more = {}) => process.stdout.write(JSON.stringify({ event, ...more }) + "\n");
const now = () => performance.timeOrigin + performance.now();

const http = config.cert
  ? createSecure({ cert: config.cert, key: config.key })
  : createPlain();
const io = new Server(http, {
  pingInterval: config.pingInterval ?? 25000,
  pingTimeout: config.pingTimeout ?? 20000,
  serveClient: false,
  transports: config.transports ?? ["polling", "websocket"],
});
const space = io.of(config.namespace ?? "/");
if (config.token) {
  space.use((socket, next) =>
    next(socket.handshake.auth.token === config.token ? undefined
      : new Error("wrong token" + (config.echo ? ` ${socket.handshake.auth.token}` : ""))),
  );
}

// Numbered from 0 for every connection, so that a hole or a double shows.
const send = (socket, bytes) =>
  socket.emit("numbered", { n: socket.data.n++, at: now(), pad: "x".repeat(bytes ?? 0) });
const rate = (socket, { per_second, seconds = 1e9, bytes, large_every, large_bytes }) => {
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const passed = Math.min((performance.now() - begun) / 1000, seconds);
    for (; sent < Math.floor(passed * per_second); sent++) {
      send(socket, large_every && sent % large_every === 0 ? large_bytes : bytes);
    }
    if (passed >= seconds || !socket.connected) {
      clearInterval(timer);
      tell("sent", { count: sent });
    }
  }, 1);
};
const play = (socket, { file, per_second }) => {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const timer = setInterval(() => {
    for (let left = Math.max(1, per_second / 1000); left > 0 && lines.length; left--) {
      socket.emit(...lines.shift());
    }
    if (!lines.length) {
      clearInterval(timer);
      tell("played");
    }
  }, Math.max(1, 1000 / per_second));
};

let socket;
space.on("connection", (connected) => {
  socket = connected;
  socket.data.n = 0;
  const { query, auth, headers } = socket.handshake;
  tell("connected", { sid: socket.id, query, auth, headers, transport: socket.conn.transport.name });
  socket.conn.on("packet", ({ type }) => { if (type === "pong") tell("pong"); });
  socket.on("disconnect", (why) => tell("disconnected", { why }));
  socket.onAny((name, ...args) => {
    const answer = typeof args.at(-1) === "function" ? args.pop() : undefined;
    tell("heard", { name, args });
    // Later questions are answered first.
    if (answer && name !== "unanswered") setTimeout(() => answer("re", ...args), args[0]?.after ?? 0);
  });
  if (config.hello) for (let left = config.hello; left > 0; left--) send(socket);
  if (config.rate) rate(socket, config.rate);
});

const raw = () => socket.conn.transport.socket._socket;
const commands = {
  burst({ count, bytes }) {
    for (let left = count; left > 0; left--) send(socket, bytes);
  },
  rate: (command) => rate(socket, command),
  play: (command) => play(socket, command),
  emit: ({ args }) => socket.emit(...args),
  ask: ({ args }) => socket.timeout(20000).emit(...args, (error, ...answer) =>
    tell("answered", { error: error?.message, args: answer })),
  binary: ({ bytes }) => socket.emit("binary", { a: 1, data: Buffer.alloc(bytes), more: [Buffer.alloc(1)] }),
  // A text frame of WebSocket, whatever is in it.
  text: ({ text }) => socket.conn.transport.socket.send(text),
  // Bytes below WebSocket.
  bytes: ({ hex }) => raw().write(Buffer.from(hex, "hex")),
  // The head of a text frame of 1,000 bytes, ten of them, and nothing more.
  cut: () => raw().write(Buffer.concat([Buffer.from("817e03e8", "hex"), Buffer.alloc(10, "4")]),
    () => raw().destroy()),
  destroy: () => raw().destroy(),
  leave: () => socket.disconnect(false),
  kick: () => socket.disconnect(true),
};
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  // The process that started us is gone.
  .on("close", () => process.exit());
http.listen(config.port ?? 0, config.host ?? "127.0.0.1", () => tell("ready", { port: http.address().port }));
