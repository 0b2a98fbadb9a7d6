@echo off
rem Builds Vigie once, again when a source differs from what was built, and then runs it: vigie train ...
rem Builds stand in artifacts\vigie; remove it to start afresh.
setlocal EnableExtensions
set "root=%~dp0"
if "%root:~-1%"=="\" set "root=%root:~0,-1%"
set "builds=%root%\artifacts\vigie"

where dotnet >nul 2>nul
if errorlevel 1 (
  echo vigie: needs the .NET 10 SDK, and finds no 'dotnet' on the PATH. 1>&2
  echo Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and try again. 1>&2
  exit /b 1
)

rem robocopy /MIR /L lists what a mirror of the sources would have to change, and answers 0 where that is nothing.
if not exist "%builds%\current" goto build
robocopy "%root%\src" "%builds%\sources\src" /MIR /L /XD bin obj /NJH /NJS /NP >nul
if not "%errorlevel%"=="0" goto build
robocopy "%root%" "%builds%\sources" global.json Directory.Build.props Directory.Packages.props .editorconfig /LEV:1 /L /NJH /NJS /NP >nul
if not "%errorlevel%"=="0" goto build
goto run

:build
if not exist "%builds%" mkdir "%builds%"
set previous=0
if exist "%builds%\current" set /p previous=<"%builds%\current"
set /a number=previous+1
if "%previous%"=="0" (echo Building Vigie ^(once^)... 1>&2) else (echo Building Vigie ^(sources have changed^)... 1>&2)
rem The mirror is taken before the build: what is edited meanwhile is built next time.
robocopy "%root%\src" "%builds%\sources\src" /MIR /XD bin obj /NJH /NJS /NP >nul
robocopy "%root%" "%builds%\sources" global.json Directory.Build.props Directory.Packages.props .editorconfig /LEV:1 /NJH /NJS /NP >nul
dotnet publish "%root%\src\Vigie.Cli" -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true --artifacts-path "%root%\artifacts\launcher" -o "%builds%\%number%" --nologo -v quiet >"%builds%\log" 2>&1 <nul
if errorlevel 1 (
  type "%builds%\log" 1>&2
  echo vigie: the build failed 1>&2
  rmdir /s /q "%builds%\sources"
  exit /b 1
)
>"%builds%\current" echo %number%
set /a old=number-3
if exist "%builds%\%old%" rmdir /s /q "%builds%\%old%"

:run
set /p number=<"%builds%\current"
dotnet "%builds%\%number%\Vigie.Cli.dll" %*
exit /b %errorlevel%
