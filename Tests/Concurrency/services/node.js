#!/usr/bin/env node
// A service of Node's http server that calls with its http.Agent, whose connections are kept and shared.
//
// usage: node.js BACKEND_PORT TRUTH LONGEST_WAIT_MS CONNECTIONS BEAT_MS
//
// Every exchange has an id of its own in its path, /OPERATION/ID. The id of a call says nothing of the request that it
// is made for: that stands only in the truth, a file with a line `CALL REQUEST` for each call.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');

const [backend, truthPath, wait, connections, beat] = process.argv.slice(2);
const truth = fs.openSync(truthPath, 'a');
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });

function sleep(milliseconds) {
  return milliseconds > 0 ? new Promise((done) => setTimeout(done, milliseconds)) : null;
}

function pause() {
  return sleep(Math.random() * Number(wait));
}

function call(operation, request) {
  const id = crypto.randomBytes(8).toString('hex');
  fs.writeSync(truth, `${id} ${request}\n`);
  return new Promise((done, failed) => {
    http.get({ host: '127.0.0.1', port: Number(backend), path: `/${operation}/${id}`, agent }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode));
    }).on('error', failed);
  });
}

async function work(operation, id, response) {
  await pause();
  switch (operation) {
    case 'order':
      await call('stock', id);
      await pause();
      await call('price', id);
      break;
    case 'look':
      if (Math.random() < 0.5) await call('price', id);
      break;
    case 'fan':
      await Promise.all([1, 2, 3, 4].map(() => call('part', id)));
      break;
    case 'retry':
      if (await call('flaky', id) !== 200) {
        await pause();
        await call('stock', id);
      }
      break;
    case 'poll':
      await sleep(1000 + 1000 * Math.random());
      await call('stock', id);
      break;
    case 'stream':
      for (const what of ['stock', 'price']) {
        response.write('more\n');
        await pause();
        await call(what, id);
      }
      break;
  }
  await pause();
  response.end('done\n');
}

const server = http.createServer({ noDelay: true }, (request, response) => {
  const [operation, id] = request.url.slice(1).split('/');
  work(operation, id, response);
});
server.keepAliveTimeout = 60000;
server.listen(0, '127.0.0.1', 1024, () => console.log(`listening ${server.address().port}`));
if (Number(beat) > 0) setInterval(() => call('beat', '-'), Number(beat));
