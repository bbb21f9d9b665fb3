"""What CloudFront does on AWS before it asks its cache: it runs the gate (edge/gate.js) for each request."""
