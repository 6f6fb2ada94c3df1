"""What both modules and the command line stand on: errors, files, images, pages, drawings, scene helpers, widgets."""
