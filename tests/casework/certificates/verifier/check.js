// Reads {"keys": {kid: key}, "certificates": [PEM], "codes": [text]} from standard input, writes what dcc-utils says of each code.
"use strict";

const { DCC } = require("dcc-utils");

async function said(code, keys, certificates) {
  try {
    const dcc = await DCC.fromRaw(code);
    const signer = await dcc.checkSignatureWithKeysList(keys);
    let byCertificate = false;
    for (const certificate of certificates) {
      try {
        await dcc.checkSignatureWithCertificate(certificate);
        byCertificate = true;
      } catch (error) { /* the next one */ }
    }
    return { accepted: Boolean(signer) && byCertificate, kid: dcc.kid, payload: dcc.payload };
  } catch (error) {
    return { accepted: false, error: String(error.message || error) };
  }
}

async function main() {
  let input = "";
  for await (const part of process.stdin) input += part;
  const { keys, certificates, codes } = JSON.parse(input);
  const results = [];
  for (const code of codes) results.push(await said(code, keys, certificates));
  process.stdout.write(JSON.stringify(results));
}

main();
