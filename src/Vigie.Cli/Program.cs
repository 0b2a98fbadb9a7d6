using System.CommandLine;

var root = new RootCommand("Vigie: tweet-sentiment models, from a tweet file to a served model and an alert.");
return await root.Parse(args).InvokeAsync();
