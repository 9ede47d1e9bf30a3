// The pixel's configuration: says that the pixel may report.
window.fbq?.("configured", 3);
