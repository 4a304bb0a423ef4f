"""The student's side of a course: runs an answer on inputs that the grader sends, and sends back what came out."""
