using System.Globalization;
using Microsoft.AspNetCore.Http;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Security;

/// <summary>
/// Whether the sender of a request may do what it asks. Every endpoint asks here before it touches anything. On an open server everything is allowed.
/// What somebody may not see is refused in the same words whether it exists or not; names of experiments and models alone are no secret, as each is given once.
/// </summary>
internal sealed class Access
{
    private readonly Database database;
    private readonly MlflowStore store;
    private readonly BrowserGuard browsers;
    private readonly Authenticator authenticator;
    private readonly bool authentication;

    public Access(MlflowStore store, SecurityOptions options)
    {
        this.store = store;
        database = store.Database;
        authentication = options.Authentication;
        browsers = new BrowserGuard(options);
        authenticator = new Authenticator(store.Users, store.Tokens, options.Clock);
    }

    /// <summary>Lets a request in, or refuses it; before anything of its body is read.</summary>
    /// <exception cref="MlflowException">PERMISSION_DENIED, UNAUTHENTICATED, REQUEST_LIMIT_EXCEEDED, or INVALID_PARAMETER_VALUE for the type of the body.</exception>
    public async Task AdmitAsync(HttpContext context)
    {
        SetHeaders(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<ForEverybody>() is not null) return;
        browsers.Check(context);
        context.Features.Set(new Admission(this, authentication ? await authenticator.AuthenticateAsync(context, context.RequestAborted) : null));
    }

    /// <summary>The name of whoever sent the request, or null on an open server.</summary>
    public string? UserOf(HttpContext context) => CallerOf(context)?.Username;

    /// <summary>For what belongs to no experiment or model, such as webhooks.</summary>
    public void Require(HttpContext context, Role role)
    {
        if (CallerOf(context) is { } caller && caller.On(null) < role) throw Denied(caller, role, "this server");
    }

    /// <summary>For creating an experiment or a registered model: any user may, unless their token only reads.</summary>
    public void RequireCreation(HttpContext context)
    {
        if (CallerOf(context) is { } caller && caller.Limit < Role.Write) throw Denied(caller, Role.Write, "this server");
    }

    /// <summary>For an experiment and all that belongs to it.</summary>
    public Task RequireAsync(HttpContext context, string experimentId, Role role) => RequireAsync(
        context, role, $"experiment {experimentId}",
        "SELECT role FROM experiment_permissions WHERE user_id = @user AND experiment_id = @key", NumberOf(experimentId));

    /// <summary>For several experiments at once.</summary>
    public async Task RequireAsync(HttpContext context, IReadOnlyList<string> experimentIds, Role role)
    {
        if (CallerOf(context) is not { IsAdmin: false } caller) return;
        IReadOnlyDictionary<string, Role> granted = await store.ExperimentPermissions.OfUserAsync(caller.UserId, context.RequestAborted);
        foreach (string id in experimentIds)
        {
            if (caller.On(granted.TryGetValue(NumberOf(id).ToString(CultureInfo.InvariantCulture), out Role own) ? own : null) < role) throw Denied(caller, role, $"experiment {id}");
        }
    }

    /// <summary>For a run: its experiment counts.</summary>
    public Task RequireRunAsync(HttpContext context, string runId, Role role) => RequireAsync(
        context, role, $"run {runId}",
        "SELECT p.role FROM experiment_permissions p JOIN runs r ON r.experiment_id = p.experiment_id WHERE p.user_id = @user AND r.run_id = @key", runId);

    /// <summary>For a logged model: its experiment counts.</summary>
    public Task RequireLoggedModelAsync(HttpContext context, string modelId, Role role) => RequireAsync(
        context, role, $"logged model {modelId}",
        "SELECT p.role FROM experiment_permissions p JOIN logged_models m ON m.experiment_id = p.experiment_id WHERE p.user_id = @user AND m.model_id = @key", modelId);

    /// <summary>For a registered model, its versions and aliases.</summary>
    public Task RequireRegisteredModelAsync(HttpContext context, string name, Role role) => RequireAsync(
        context, role, $"registered model '{name}'",
        "SELECT p.role FROM registered_model_permissions p JOIN registered_models m ON m.id = p.registered_model_id WHERE p.user_id = @user AND m.name = @key", name);

    /// <summary>For a file or folder: that of the experiment whose id it begins with, and of every experiment whose artifact_location it is below.</summary>
    public async Task RequireArtifactAsync(HttpContext context, ArtifactPath path, Role role)
    {
        if (CallerOf(context) is not { IsAdmin: false } caller) return;
        IReadOnlyList<long> experiments = await ExperimentsOfAsync(path, context.RequestAborted);
        if (experiments.Count == 0) Require(context, role);
        foreach (long id in experiments) await RequireAsync(context, id.ToString(CultureInfo.InvariantCulture), role);
    }

    /// <summary>
    /// For an experiment that is to be created with a location of its own: who could choose another experiment's files, or those of one that will be created later,
    /// would see them as his own.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="location">As <see cref="ArtifactLocations.Checked"/> gives it.</param>
    public async Task RequireLocationAsync(HttpContext context, string location)
    {
        if (CallerOf(context) is not { IsAdmin: false } caller) return;
        bool isFree = PathOf(location) is { IsRoot: false } path && !path.Value.Split('/')[0].All(char.IsAsciiDigit) && (await ExperimentsOfAsync(path, context.RequestAborted)).Count == 0;
        if (!isFree) throw Denied(caller, Role.Admin, $"artifact_location '{location}'");
    }

    /// <summary>For the source of a model version: whatever the server would follow has to be readable.</summary>
    public async Task RequireSourceAsync(HttpContext context, string source)
    {
        if (CallerOf(context) is not { IsAdmin: false }) return;
        if (PathOf(source) is { } path) await RequireArtifactAsync(context, path, Role.Read);
        string[] parts = source.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["runs:", var run, ..]) await RequireRunAsync(context, run, Role.Read);
        else if (parts is ["models:", var model] && !model.Contains('@', StringComparison.Ordinal)) await RequireLoggedModelAsync(context, model, Role.Read);
        else if (parts is ["models:", var name, ..]) await RequireRegisteredModelAsync(context, Uri.UnescapeDataString(name.Split('@')[0]), Role.Read);
    }

    /// <summary>Which experiments a search may find.</summary>
    public Task<Readable> ReadableExperimentsAsync(HttpContext context) => ReadableAsync(context, store.ExperimentPermissions);

    /// <summary>Which registered models a search may find.</summary>
    public Task<Readable> ReadableModelsAsync(HttpContext context) => ReadableAsync(context, store.RegisteredModelPermissions);

    /// <summary>Makes the sender the admin of an experiment just created.</summary>
    public async Task OwnExperimentAsync(HttpContext context, string experimentId)
    {
        if (CallerOf(context) is { } caller) await store.ExperimentPermissions.CreateAsync(experimentId, caller.Username, Role.Admin, CancellationToken.None);
    }

    /// <summary>Makes the sender the admin of a registered model just created.</summary>
    public async Task OwnModelAsync(HttpContext context, string name)
    {
        if (CallerOf(context) is { } caller) await store.RegisteredModelPermissions.CreateAsync(name, caller.Username, Role.Admin, CancellationToken.None);
    }

    /// <summary>Who sent the request, for endpoints that manage users; there are none on an open server.</summary>
    /// <exception cref="MlflowException">ENDPOINT_NOT_FOUND on an open server: who is there before authentication is turned on must not decide who will be admin after.</exception>
    public Caller RequireCaller(HttpContext context) =>
        CallerOf(context) ?? throw new MlflowException(ErrorCode.EndpointNotFound, "users and permissions are served where authentication is on; this server is open");

    /// <summary>Refuses who is no admin.</summary>
    public Caller RequireAdmin(HttpContext context)
    {
        Caller caller = RequireCaller(context);
        return caller.IsAdmin ? caller : throw Denied(caller, Role.Admin, "this server");
    }

    /// <summary>Refuses who is neither the user, signed in with all of the user's rights, nor an admin: a token that may only read must not make one that may do more.</summary>
    /// <returns>The user's name.</returns>
    public string RequireSelfOrAdmin(HttpContext context, string username)
    {
        Caller caller = RequireCaller(context);
        return caller.IsAdmin || (caller.Username == username && caller.Limit == Role.Admin) ? username : throw Denied(caller, Role.Admin, $"user '{username}'");
    }

    private async Task RequireAsync(HttpContext context, Role role, string what, string sql, object key)
    {
        if (CallerOf(context) is not { IsAdmin: false } caller) return;
        Role? granted = await database.ReadAsync(session => session.FirstAsync(sql, row => (Role?)row.GetInt64(0), ("@user", caller.UserId), ("@key", key)), context.RequestAborted);
        if (caller.On(granted) < role) throw Denied(caller, role, what);
    }

    private async Task<Readable> ReadableAsync(HttpContext context, Grants grants)
    {
        if (CallerOf(context) is not { IsAdmin: false } caller) return Readable.All;
        bool otherwise = caller.On(null) >= Role.Read;
        IReadOnlyList<(long Thing, Role Role)> granted = await grants.NumbersOfUserAsync(caller.UserId, context.RequestAborted);
        return new Readable(otherwise, [.. granted.Where(grant => caller.On(grant.Role) >= Role.Read != otherwise).Select(grant => grant.Thing)]);
    }

    /// <summary>Of a path such as <c>3/run/artifacts/f</c>: experiment 3, and whichever has a location that the path is below.</summary>
    private async Task<IReadOnlyList<long>> ExperimentsOfAsync(ArtifactPath path, CancellationToken cancellation)
    {
        string[] names = path.Value.Split('/');
        long first = NumberOf(names[0]);
        (List<long> found, List<(long Id, string Location)> elsewhere) = await database.ReadAsync(
            async session =>
            {
                List<long> found = await session.QueryAsync("SELECT id FROM experiments WHERE id = @id", row => row.GetInt64(0), ("@id", first));
                string usual = $"{ArtifactLocations.Proxy}' || CAST(id AS TEXT)";
                return (found, await session.QueryAsync($"SELECT id, artifact_location FROM experiments WHERE artifact_location <> '{usual}", row => (row.GetInt64(0), row.GetString(1))));
            },
            cancellation);
        return [.. found.Union(elsewhere.Where(experiment => IsBelow(path, PathOf(experiment.Location))).Select(experiment => experiment.Id))];
    }

    private ArtifactPath? PathOf(string location) => ArtifactLocations.ProxyPath(location) ?? store.Artifacts.Locate(location);

    private static bool IsBelow(ArtifactPath path, ArtifactPath? folder) =>
        folder is { } above && (above.IsRoot || path.Value == above.Value || path.Value.StartsWith(above.Value + "/", StringComparison.Ordinal));

    private Caller? CallerOf(HttpContext context)
    {
        if (!authentication) return null;
        Admission admission = context.Features.Get<Admission>() ?? throw new InvalidOperationException("the request was not admitted: its endpoint stands outside of MapMlflow's group");
        return admission.Caller ?? throw new InvalidOperationException("the request was admitted by an open server");
    }

    /// <summary>What is no number is no experiment: -1 has no permissions, so the user's own role decides whether he hears that there is none.</summary>
    private static long NumberOf(string experimentId) => long.TryParse(experimentId, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : -1;

    private static MlflowException Denied(Caller caller, Role role, string what) =>
        new(ErrorCode.PermissionDenied, $"user '{caller.Username}' has no {RoleNames.Of(role)} permission on {what}");

    /// <summary>For browsers: an answer is data, never a page, and no other site's business.</summary>
    private static void SetHeaders(HttpContext context) => context.Response.OnStarting(() =>
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
        return Task.CompletedTask;
    });
}
