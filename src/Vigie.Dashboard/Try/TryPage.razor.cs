using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Vigie.Dashboard.Controls;
using Vigie.Evaluation;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Try;

/// <summary>Where a tweet is tried, as it is typed.</summary>
public sealed partial class TryPage
{
    private const int Quiet = 300, MostRecent = 6, LongestRead = 8 << 20;

    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(1200);
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Language, string Caption, string Text)[] Examples =
    [
        ("en", "Three hours late 😡", "Three hours late and not one word from the crew. Never again @AirParadis 😡"),
        ("en", "Lovely crew 😊", "Lovely crew, smooth flight and my bag came out first. Thank you! 😊"),
        ("fr", "Bagage perdu…", "Bagage perdu depuis 4 jours et personne ne répond. C'est honteux #AirParadis"),
        ("fr", "Merci à l'équipage ❤️", "Merci à l'équipage du vol pour Nice, vous avez été adorables ❤️"),
        ("en", "Not the worst, but…", "Not the worst airline, but the seat was broken and the coffee cold"),
    ];

    private readonly List<Verdict> recent = [];
    private IReadOnlyList<TriedModel> all = [];
    private DotNetObjectReference<TryPage>? self;
    private IJSObjectReference? script;
    private ElementReference area;
    private TweetListPanel? list;
    private Verdict? first, second;
    private string text = "", spoken = "";
    private string? reported;
    private Sentiment? reportedAs;
    private int lines, asked;
    private bool isStale;

    /// <summary>The model that is tried, as callers ask for it; the champion where there is none.</summary>
    [SupplyParameterFromQuery(Name = "model")]
    public string? ModelKey { get; set; }

    /// <summary>The one beside it.</summary>
    [SupplyParameterFromQuery(Name = "beside")]
    public string? BesideKey { get; set; }

    [Inject]
    internal Notices Notices { get; set; } = null!;

    private TriedModel Chosen => all.FirstOrDefault(one => one.Key == (ModelKey ?? "")) ?? all[0];

    private TriedModel? Second => BesideKey is null || BesideKey == Chosen.Key ? null : all.FirstOrDefault(one => one.Key == BesideKey);

    private int Characters => text.EnumerateRunes().Count();

    private string Curl
    {
        get
        {
            string body = JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = text.Length > 0 ? text : Examples[0].Text }, Readable).Replace("'", "'\\''", StringComparison.Ordinal);
            string query = string.IsNullOrEmpty(ModelKey) ? "" : "?model=" + Uri.EscapeDataString(ModelKey);
            return $"curl {Navigation.BaseUri}predict{query} \\\n  -H 'Content-Type: application/json' \\\n{(Viewer.IsSignedIn ? "  -H \"X-API-Key: $VIGIE_KEY\" \\\n" : "")}  -d '{body}'";
        }
    }

    private string About
    {
        get
        {
            ServedModel model = Chosen.Model;
            EvaluationReport? tested = model.Info.Test ?? model.Info.Validation;
            string[] parts =
            [
                Chosen.Name, model.Info.Recipe,
                tested?.F1Macro is { } f1 ? T($"macro F1 {Viewer.Number(f1)} on {Viewer.Count(tested.Rows)} tweets", $"F1 macro {Viewer.Number(f1)} sur {Viewer.Count(tested.Rows)} tweets") : "",
                model.Digest[..Math.Min(12, model.Digest.Length)],
            ];
            return string.Join(" · ", parts.Where(part => part.Length > 0));
        }
    }

    /// <summary>Called by the browser when typing rests.</summary>
    [JSInvokable]
    public async Task TypedAsync()
    {
        await TryAsync(AnswerAsync);
        StateHasChanged();
    }

    /// <summary>Forgets the page.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        self?.Dispose();
        try
        {
            if (script is not null) await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            script = null; // the browser has left, and its part with it
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => await TryAsync(() =>
    {
        all = Models.All;
        return Task.CompletedTask;
    });

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        self = DotNetObjectReference.Create(this);
        script = await Js.InvokeAsync<IJSObjectReference>("vigie.load", Gone, "try");
        await script.InvokeVoidAsync("listen", Gone, area, Quiet, self);
    }

    private string Called(TriedModel model) => model.Part switch
    {
        ModelPart.Champion => T($"Champion: {model.Name}", $"Champion : {model.Name}"),
        ModelPart.Challenger => T($"Challenger: {model.Name}", $"Challenger : {model.Name}"),
        _ => $"{model.Key}: {model.Name}",
    };

    private async Task ChooseAsync(string? model, string? beside)
    {
        string? chosen = string.IsNullOrEmpty(model) ? null : model;
        if (beside == "-" || beside == (chosen ?? "")) beside = null;
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["model"] = chosen, ["beside"] = beside }), replace: true);
        (ModelKey, BesideKey) = (chosen, beside);
        await TryAsync(AnswerAsync);
    }

    private async Task PutAsync(string tweet)
    {
        if (script is null) return;
        await script.InvokeVoidAsync("put", Gone, area, tweet);
        await TryAsync(AnswerAsync);
    }

    private async Task<string> ReadAsync()
    {
        await using IJSStreamReference typed = await script!.InvokeAsync<IJSStreamReference>("text", Gone, area);
        await using Stream stream = await typed.OpenReadStreamAsync(LongestRead, Gone);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return (await reader.ReadToEndAsync(Gone))[1..];
    }

    private async Task AnswerAsync()
    {
        if (script is null) return;
        int mine = ++asked;
        string typed = await ReadAsync();
        while (mine == asked)
        {
            (text, lines) = (typed, TweetList.Lines(typed).Count);
            if (string.IsNullOrWhiteSpace(typed))
            {
                (first, second, isStale, spoken) = (null, null, false, "");
                return;
            }

            Viewer.Demand(Scope.Predict);
            isStale = true;
            try
            {
                all = Models.All; // another may be on duty by now
                IReadOnlyList<Verdict> verdicts = await Models.AskAsync(typed, Second is { } other ? [Chosen, other] : [Chosen], Viewer.Client, Gone);
                if (mine != asked) return;
                (first, second, isStale, Fault) = (verdicts[0], verdicts.Count > 1 ? verdicts[1] : null, false, null);
                _ = SettleAsync(mine, verdicts[0]);
                return;
            }
            catch (RequestException refused) when (refused.RetryAfter is { } wait)
            {
                if (mine != asked) return;
                Fault = T($"That was a lot at once: the answer follows in {Viewer.Span(wait)}.", $"C’était beaucoup à la fois : la réponse suit dans {Viewer.Span(wait)}.");
                StateHasChanged();
                await Task.Delay(wait, Viewer.Clock, Gone);
            }
        }
    }

    // Said aloud and remembered only once the typing has come to rest.
    private async Task SettleAsync(int mine, Verdict verdict)
    {
        if (!await TryRestAsync() || mine != asked) return;
        spoken = verdict.Unknown
            ? T("No idea: the model knows none of these words", "Aucune idée : le modèle ne connaît aucun de ces mots")
            : T($"{Viewer.Name(verdict.Label)}, {Viewer.Sure(verdict.Confidence)} sure", $"{Viewer.Name(verdict.Label)}, sûr à {Viewer.Sure(verdict.Confidence)}");
        recent.RemoveAll(one => one.Text == verdict.Text);
        recent.Insert(0, verdict);
        if (recent.Count > MostRecent) recent.RemoveAt(MostRecent);
        StateHasChanged();
    }

    private async Task<bool> TryRestAsync()
    {
        try
        {
            await Task.Delay(Settled, Viewer.Clock, Gone);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // the reader has left
        }
    }

    private Task<bool> ReportAsync(Sentiment right) => TryAsync(async () =>
    {
        Viewer.Demand(Scope.Feedback);
        Verdict verdict = first!;
        await Models.ReportAsync(verdict.Text, Chosen, right, Viewer.Name, Viewer.Client, Gone);
        (reported, reportedAs) = (verdict.Text, right);
    });

    private async Task ListTypedAsync()
    {
        if (list is null) return;
        string typed = await ReadAsync();
        await list.RunAsync(() => Task.FromResult(TweetList.OfLines(typed, Models.LongestText)));
    }

    private async Task CopyAsync()
    {
        await Js.InvokeVoidAsync("vigie.copy", Gone, Curl);
        Notices.Say(T("Copied", "Copié"));
    }
}
