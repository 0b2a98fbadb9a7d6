using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Vigie.Mlflow;
using Vigie.Mlflow.Security;
using Vigie.Mlflow.Server;

namespace Vigie.Cli;

/// <summary><c>vigie tracking serve</c>: the MLflow-compatible server alone.</summary>
internal static class TrackingServeVerb
{
    public static Command Create(Terminal terminal)
    {
        var url = new Option<string>("--urls") { Description = "Where to listen; port 0 takes a free one", HelpName = "URL", DefaultValueFactory = _ => MlflowServerOptions.DefaultUrl };
        var authentication = new Option<bool>("--authentication") { Description = "Ask everyone for a password or token; needed where other machines can reach the address" };
        var hosts = new Option<string[]>("--allowed-host") { Description = "A name under which clients may call, beside loopback's and the address itself; may be given several times", HelpName = "NAME" };
        var store = new StoreOptions();
        var command = new Command("serve", "Serve runs, artifacts and the model registry to MLflow's Python, R, Java and TypeScript clients") { url, authentication, hosts };
        store.AddTo(command);
        return command
            .WithExamples(
                "vigie tracking serve",
                "vigie tracking serve --urls http://127.0.0.1:5000 --data mlflow",
                "vigie tracking serve --urls http://0.0.0.0:5000 --authentication --allowed-host mlflow.example.org")
            .Does(terminal, async run =>
            {
                using var log = new TerminalLog(terminal);
                var options = new MlflowServerOptions
                {
                    Url = run.Required(url),
                    Security = new SecurityOptions { Authentication = run.Value(authentication), AllowedHosts = run.Value(hosts) ?? [], Clock = run.Clock },
                    Log = log,
                };
                Check(options); // a refusal leaves no store behind
                await using MlflowStore opened = await store.OpenAsync(run);
                if (options.Security.Authentication && !await opened.Users.HaveAdminAsync(run.Stop))
                    throw new InvalidInputException($"with --authentication somebody has to be admin, and there is none yet; make one: vigie tracking user NAME --role admin{store.Arguments(run)}, with a password in VIGIE_PASSWORD");
                await using WebApplication app = MlflowServer.Create(opened, options);
                Uri address = await MlflowServer.ListenAsync(app, run.Stop);
                string notice = options.Security.Notice(address);
                run.Print(new { Url = address, Notice = notice }, _ => terminal.Out.WriteLine($"MLflow API on {address}  (Ctrl-C stops)\n{notice}\n  export MLFLOW_TRACKING_URI={address.ToString().TrimEnd('/')}"));
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, run.Clock, run.Stop);
                }
                finally
                {
                    await app.StopAsync(CancellationToken.None); // bounded by the server's own grace
                }
            });
    }

    private static void Check(MlflowServerOptions options)
    {
        try
        {
            options.Validated();
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidInputException(wrong.Message, wrong);
        }
    }
}
