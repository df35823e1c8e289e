Scan: ${name}
