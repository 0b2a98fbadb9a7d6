using System.Net;
using System.Text;

namespace Vigie.Server.Tests;

public sealed class RecordHeaderTests
{
    [Fact]
    public async Task What_is_only_tried_is_answered_and_not_kept()
    {
        using var folder = new RecordsFolder();
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(Request("half of a twe", "no"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(Request("a whole tweet", "yes"))).Status);
        await folder.UntilAsync("SELECT count(*) FROM predictions", 1); // in their order: what came first would be there
        Assert.Empty(folder.FilesWith("half of a twe"));
    }

    [Fact]
    public async Task Another_word_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        (await server.SendAsync(Request("late again", "maybe"))).Problem(HttpStatusCode.BadRequest, "Vigie-Record");
    }

    private static HttpRequestMessage Request(string text, string record) => new(HttpMethod.Post, "/predict")
    {
        Content = new StringContent($$"""{"text":"{{text}}"}""", Encoding.UTF8, "application/json"),
        Headers = { { "Vigie-Record", record } },
    };
}
